// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

/// A job whose settler has promised payee 0 more than it has posted.
abstract contract DisputeTest is EscrowTest {
    address internal constant NOBODY = 0x000000000000000000000000000000000000dEaD;
    address internal helper = address(0x4E1);
    bytes32 internal jobId;

    /// Epoch 0 is final at once and pays payee 0 a fifth of an ether.
    function setUp() public virtual override {
        super.setUp();
        jobId = openJob();
        postLast(0, 0.2 ether);
    }

    function postLast(uint256 number, uint256 amount) internal {
        Statement memory statement = statementOf(jobId, amount);
        (statement.epoch, statement.last) = (number, true);
        post(statement);
    }

    /// A statement about epoch 0 that says payee 0 has earned this much.
    function promised(uint256 earned) internal view returns (Challenge memory broken) {
        broken.statement = statementOf(jobId, earned);
        broken.statement.seq = 9;
        broken.signature = sign(broken.statement);
        broken.leaf = leafOf(earned);
    }

    function helped(uint256 earned, uint256 fee) internal view returns (Challenge memory broken) {
        broken = promised(earned);
        (broken.helper, broken.fee) = (helper, fee);
        broken.consent = sign(payeeKey(0), Signing.hashHelp(broken));
    }

    function challenge(Challenge memory broken) internal {
        vm.prank(stranger);
        escrow.challenge(openings[jobId], broken);
    }

    /// Answers with the leaves of payee 0 in the first epochs, which have these amounts.
    function answer(uint256[] memory amounts) internal {
        answer(leavesOfEpochs(amounts));
    }

    function answer(ProvenLeaf[] memory leaves) internal {
        vm.prank(stranger);
        escrow.answer(jobId, payee(0), leaves);
    }

    function leavesOfEpochs(uint256[] memory amounts) internal view returns (ProvenLeaf[] memory list) {
        list = new ProvenLeaf[](amounts.length);
        for (uint256 i = 0; i < amounts.length; ++i) {
            list[i] = proven(jobId, i, amounts[i]);
        }
    }

    function one(uint256 amount) internal pure returns (uint256[] memory amounts) {
        amounts = new uint256[](1);
        amounts[0] = amount;
    }

    function two(uint256 first, uint256 second) internal pure returns (uint256[] memory amounts) {
        amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (first, second);
    }

    function resolve() internal {
        vm.prank(stranger);
        escrow.resolve(jobId, payee(0));
    }

    function closeJob() internal {
        vm.prank(publisher);
        escrow.beginClose(openings[jobId]);
        vm.warp(block.timestamp + 2 days);
        escrow.close(openings[jobId]);
    }
}
