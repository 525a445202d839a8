// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Coin} from "./libraries/Coin.sol";
import {Hashes} from "./libraries/Hashes.sol";
import {IEscrow} from "./IEscrow.sol";
import {Ledger} from "./Ledger.sol";
import {Refusal} from "./libraries/Refusal.sol";

/// @notice How what is final reaches its account, or the address that the account names.
abstract contract Payouts is Ledger {
    using BitMaps for BitMaps.BitMap;
    using Refusal for bytes4;

    mapping(address account => BitMaps.BitMap) private _nonces;

    /// @inheritdoc IEscrow
    function claim(ProvenLeaf calldata proven) external {
        uint256 amount = _consume(proven);
        AlreadyClaimed.selector.unless(amount != 0, proven.epoch, proven.leaf.index);
        Coin.pay(_jobs[proven.jobId].token, proven.leaf.account, amount);
    }

    /// @inheritdoc IEscrow
    function claimMany(ProvenLeaf[] calldata leaves) external {
        for (uint256 i = 0; i < leaves.length; ++i) {
            ProvenLeaf calldata proven = leaves[i];
            _payOrCredit(_jobs[proven.jobId].token, proven.leaf.account, _consume(proven));
        }
    }

    /// @inheritdoc IEscrow
    function claimCredit(address token, address account) external {
        Coin.pay(token, account, _takeCredit(token, account));
    }

    /// @inheritdoc IEscrow
    function cashout(CashoutCall calldata call) external {
        Cashout calldata order = call.cashout;
        uint256 out = _cashOut(call);
        Coin.pay(order.token, order.to, out);
        Coin.pay(order.token, msg.sender, call.fee);
    }

    /// @inheritdoc IEscrow
    function cashoutMany(CashoutCall[] calldata calls) external {
        Cashout calldata first = calls[0].cashout;
        (address to, address token) = (first.to, first.token);
        (uint256 out, uint256 fees) = (0, 0);
        for (uint256 i = 0; i < calls.length; ++i) {
            CashoutCall calldata call = calls[i];
            _requireAccount(call.cashout.to, to);
            _requireToken(call.cashout.token, token);
            out += _cashOut(call);
            fees += call.fee;
        }
        Coin.pay(token, to, out);
        Coin.pay(token, msg.sender, fees);
    }

    /// Spends a signed order; returns what `to` gets. The relayer gets `call.fee`.
    function _cashOut(CashoutCall calldata call) private returns (uint256 out) {
        Cashout calldata order = call.cashout;
        _requireBefore(order.deadline);
        BitMaps.BitMap storage nonces = _nonces[order.account];
        NonceUsed.selector.unless(!nonces.get(order.nonce), uint160(order.account), order.nonce);
        nonces.set(order.nonce);
        _requireSigned(order.account, Hashes.hash(order), call.signature);

        uint256 sum = _consumeAll(order.account, order.token, call.leaves);
        FeeTooHigh.selector.unless(call.fee <= order.maxFee, call.fee, order.maxFee);
        uint256 needed = uint256(order.minOut) + call.fee;
        TooLittle.selector.unless(sum >= needed, sum, needed);
        out = sum - call.fee;
        emit CashedOut(order.account, order.to, order.token, out, call.fee, order.nonce);
    }
}
