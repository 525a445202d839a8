// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Coin} from "./libraries/Coin.sol";
import {Hashes} from "./libraries/Hashes.sol";
import {IEscrow} from "./IEscrow.sol";
import {Ledger} from "./Ledger.sol";
import {Refusal} from "./libraries/Refusal.sol";
import {TermsRules} from "./libraries/TermsRules.sol";
import {Words} from "./libraries/Words.sol";

/// @notice How a job begins, is changed and ends.
/// @dev Deposits are measured, so that one made inside another would be counted twice: none is let in.
abstract contract Jobs is Ledger {
    using Refusal for bytes4;

    uint256 private constant PERMITTED = 1;
    uint256 private constant AUTHORIZED = 2;

    bool private transient _isDrawing;

    /// @inheritdoc IEscrow
    function open(Opening calldata opening, bytes calldata contact) external payable returns (bytes32) {
        _requireCaller(opening.publisher);
        return _open(opening, contact, _deposit(opening.token, _asked(opening)));
    }

    /// @inheritdoc IEscrow
    function openFor(SignedOpening calldata signed) external payable returns (bytes32) {
        Opening calldata opening = signed.opening;
        _requireBefore(signed.deadline);
        _requireSigned(opening.publisher, Hashes.hash(signed), signed.signature);
        return _open(opening, signed.contact, _draw(signed));
    }

    /// @inheritdoc IEscrow
    function claimAndOpen(ProvenLeaf[] calldata leaves, Opening calldata opening, bytes calldata contact)
        external
        payable
        returns (bytes32)
    {
        (address publisher, address token, uint256 asked) = (opening.publisher, opening.token, _asked(opening));
        _requireCaller(publisher);
        uint256 earned = _consumeAll(publisher, token, leaves);
        uint256 used = _min(earned, asked);
        if (earned > used) _addCredit(token, publisher, earned - used);
        return _open(opening, contact, used + _deposit(token, asked - used));
    }

    /// @inheritdoc IEscrow
    function topUp(bytes32 jobId, uint256 amount) external payable {
        Job storage target = _live(jobId);
        uint256 received = _deposit(target.token, amount);
        target.budget += _narrow(received);
        emit JobToppedUp(jobId, msg.sender, received);
    }

    /// @inheritdoc IEscrow
    function setSettler(Opening calldata opening, address settler) external {
        bytes32 jobId = _idOf(opening);
        Job storage target = _live(jobId);
        _requireCaller(opening.publisher);
        uint32 from = target.epochs + 1;
        if (from > target.settlerFrom) {
            _requireTime(target.changedAt + opening.terms.challengeDelay);
            target.changedAt = uint40(block.timestamp);
            _formers[jobId][from] = uint256(target.settlerFrom) << 160 | uint160(target.settler);
            target.settlerFrom = from;
        }
        target.settler = settler;
        emit SettlerSet(jobId, settler, from);
    }

    /// @inheritdoc IEscrow
    function beginClose(Opening calldata opening) external {
        bytes32 jobId = _idOf(opening);
        Job storage target = _live(jobId);
        WrongState.selector.unless(target.state == OPEN, target.state, uint256(jobId));
        if (msg.sender != opening.publisher) _requireTime(opening.terms.expiry);

        target.state = uint8(CLOSING);
        uint40 closeAt = uint40(block.timestamp + opening.terms.closeDelay);
        target.closeAt = closeAt;
        emit JobClosing(jobId, closeAt);
    }

    /// @inheritdoc IEscrow
    function close(Opening calldata opening) external {
        bytes32 jobId = _idOf(opening);
        Job storage target = _live(jobId);
        WrongState.selector.unless(target.state == CLOSING, target.state, uint256(jobId));
        _requireTime(target.closeAt);
        uint256 finalBy = target.finalBy > target.forcedBy ? target.finalBy : target.forcedBy;
        if (finalBy != 0) _requireTime(finalBy + opening.terms.challengeDelay);
        DisputeOpen.selector.unless(target.disputes == 0, target.disputes, uint256(jobId));

        uint256 refund = uint256(target.budget) - target.committed - target.repaid;
        target.state = CLOSED;
        emit JobClosed(jobId, refund, target.bond);

        Coin.pay(target.token, opening.publisher, refund + target.bond);
    }

    function _open(Opening calldata opening, bytes calldata contact, uint256 received) private returns (bytes32 jobId) {
        jobId = _idOf(opening);
        Job storage created = _jobs[jobId];
        JobExists.selector.unless(created.state == 0, uint256(jobId), created.state);
        WrongDeposit.selector.unless(received >= opening.bond, received, opening.bond);
        uint256 budget = received - opening.bond;
        TermsRules.requireSound(opening.terms, budget);

        created.state = uint8(OPEN);
        created.token = opening.token;
        created.budget = _narrow(budget);
        created.settler = opening.settler;
        created.bond = _narrow(opening.bond);
        Words.log(JobOpened.selector, jobId, uint160(opening.publisher), Words.startOf(opening), 18, budget);
        emit ContactGiven(jobId, contact);
    }

    /// The books count in 88 bits.
    function _narrow(uint256 amount) private pure returns (uint88) {
        WrongDeposit.selector.unless(amount <= type(uint88).max, amount, type(uint88).max);
        return uint88(amount);
    }

    function _asked(Opening calldata opening) private pure returns (uint256) {
        return opening.budget + opening.bond;
    }

    /// What arrives of `amount` from the caller.
    function _deposit(address token, uint256 amount) private returns (uint256) {
        if (token != address(0)) return _pull(token, msg.sender, amount);
        Coin.takeNative(amount);
        return amount;
    }

    /// What arrives from a publisher who signed for it; the chain's own coin is laid down by the caller.
    function _draw(SignedOpening calldata signed) private returns (uint256) {
        Opening calldata opening = signed.opening;
        (address token, address from, uint256 amount) = (opening.token, opening.publisher, _asked(opening));
        if (token == address(0)) return _deposit(token, amount);
        if (signed.draw == AUTHORIZED) return _pullAuthorized(signed);
        if (signed.draw == PERMITTED) {
            // A permit that somebody else has spent left its allowance: then the transfer succeeds all the same.
            try IERC20Permit(token)
                .permit(from, address(this), amount, signed.deadline, signed.v, signed.r, signed.s) {}
                catch {}
        }
        return _pull(token, from, amount);
    }

    function _pull(address token, address from, uint256 amount) private returns (uint256) {
        uint256 before = _beginDraw(token);
        SafeERC20.safeTransferFrom(IERC20(token), from, address(this), amount);
        return _endDraw(token, before, amount);
    }

    function _pullAuthorized(SignedOpening calldata signed) private returns (uint256) {
        Opening calldata opening = signed.opening;
        (address token, uint256 amount) = (opening.token, _asked(opening));
        uint256 before = _beginDraw(token);
        IERC3009(token)
            .receiveWithAuthorization(
                opening.publisher,
                address(this),
                amount,
                0,
                signed.deadline,
                _idOf(opening),
                signed.v,
                signed.r,
                signed.s
            );
        return _endDraw(token, before, amount);
    }

    /// What a token does inside one draw would be counted again by it, were a second one let in.
    function _beginDraw(address token) private returns (uint256 before) {
        Coin.takeNative(0);
        DrawInDraw.selector.unless(!_isDrawing, 0, 0);
        _isDrawing = true;
        return Coin.held(token);
    }

    /// A token may keep a part of what is sent: only what arrived can be paid out again.
    function _endDraw(address token, uint256 before, uint256 amount) private returns (uint256) {
        _isDrawing = false;
        return _min(Coin.held(token) - before, amount);
    }
}
