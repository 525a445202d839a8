// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {EscrowTest} from "../EscrowTest.sol";
import {Reader} from "../Reader.sol";
import {Reenterer, Refuser} from "../Accounts.sol";
import {Trees} from "../Trees.sol";

contract ClaimTest is EscrowTest {
    using Reader for IEscrow;
    using Trees for Trees.Tree;

    bytes32 private jobId;
    Leaf[] private leaves;

    function setUp() public override {
        super.setUp();
        jobId = openJob();
    }

    /// Five leaves of 1 to 5 ether in a tree of eight places, posted.
    function postFive() private returns (Trees.Tree memory tree) {
        uint256[] memory amounts = new uint256[](5);
        for (uint256 i = 0; i < 5; ++i) {
            amounts[i] = (i + 1) * 0.5 ether;
        }
        return postTree(leavesOf(amounts));
    }

    function postTree(Leaf[] memory list) private returns (Trees.Tree memory tree) {
        for (uint256 i = 0; i < list.length; ++i) {
            leaves.push(list[i]);
        }
        tree = Trees.build(list);
        post(statementOf(jobId, tree));
    }

    function test_a_final_leaf_is_paid_to_its_account_whoever_asks() public {
        Trees.Tree memory tree = postFive();
        vm.warp(START + 1 hours);
        vm.expectEmit(address(escrow));
        emit Claimed(jobId, 0, payee(4), 4, 2.5 ether);
        vm.prank(stranger);
        claim(0, leaves[4], tree.proof(4));
        assertEq(payee(4).balance, 2.5 ether, "paid");
        assertEq(stranger.balance, 0, "the caller gets nothing");
        assertEq(escrow.epoch(jobId, 0).claimed, 2.5 ether, "claimed");
        assertTrue(escrow.isClaimed(jobId, 0, 4) && !escrow.isClaimed(jobId, 0, 3), "marked");
    }

    function test_a_leaf_is_paid_once() public {
        Trees.Tree memory tree = postFive();
        vm.warp(START + 1 hours);
        claim(0, leaves[1], tree.proof(1));
        expectRefusal(AlreadyClaimed.selector, 0, 1);
        claim(0, leaves[1], tree.proof(1));
    }

    function test_nothing_is_paid_before_it_is_final() public {
        Trees.Tree memory tree = postFive();
        vm.warp(START + 1 hours - 1);
        expectRefusal(NotFinal.selector, 0, START + 1 hours);
        claim(0, leaves[1], tree.proof(1));
        expectRefusal(NotFinal.selector, 1, 0);
        claim(1, leaves[1], tree.proof(1));
    }

    function test_a_proof_of_another_length_is_refused() public {
        Trees.Tree memory tree = postFive();
        vm.warp(START + 1 hours);
        bytes memory proof = tree.proof(1);
        bytes[4] memory wrong =
            [bytes(""), bytes.concat(proof, "0"), bytes.concat(proof, new bytes(44)), new bytes(131)];
        for (uint256 i = 0; i < wrong.length; ++i) {
            expectRefusal(WrongLength.selector, wrong[i].length, 132);
            claim(0, leaves[1], wrong[i]);
        }
    }

    function test_an_index_outside_the_tree_is_no_second_name_of_a_leaf(uint256 index) public {
        Trees.Tree memory tree = postFive();
        vm.warp(START + 1 hours);
        Leaf memory leaf = leaves[2];
        leaf.index = bound(index, 8, type(uint256).max);
        expectRefusal(TooDeep.selector, leaf.index, 3);
        claim(0, leaf, tree.proof(2));
    }

    function test_no_field_of_a_leaf_can_be_changed() public {
        Trees.Tree memory tree = postFive();
        vm.warp(START + 1 hours);
        Leaf[4] memory wrong = [leaves[2], leaves[2], leaves[2], leaves[2]];
        (wrong[0].account, wrong[1].amount, wrong[2].earned, wrong[3].index) = (stranger, 3 ether, 9 ether, 3);
        for (uint256 i = 0; i < wrong.length; ++i) {
            refuseClaim(wrong[i], tree.proof(2));
        }
        refuseClaim(leaves[2], tree.proof(3));
    }

    function test_sums_cannot_be_moved_between_siblings() public {
        Trees.Tree memory tree = postFive();
        vm.warp(START + 1 hours);
        tree.sums[0][0] += 1;
        refuseClaim(leaves[1], tree.proof(1));
        tree.sums[0][0] -= 1;
        tree.sums[1][1] -= 1;
        refuseClaim(leaves[1], tree.proof(1));
    }

    function test_a_root_under_a_wrong_total_pays_nobody() public {
        Trees.Tree memory tree = Trees.build(leavesOf(new uint256[](2)));
        Statement memory statement = statementOf(jobId, tree);
        statement.total = 1 ether;
        post(statement);
        vm.warp(START + 1 hours);
        refuseClaim(leavesOf(new uint256[](2))[0], tree.proof(0));
    }

    function test_a_node_cannot_be_claimed_as_a_leaf() public {
        Trees.Tree memory tree = postFive();
        Statement memory next = statementOf(jobId, 0);
        (next.epoch, next.root, next.total, next.depth) = (1, tree.root(), tree.total(), 0);
        vm.warp(START + 1 hours);
        next.total = 2.5 ether;
        post(next);
        vm.warp(START + 2 hours);
        Leaf memory fake = Leaf(stranger, 2.5 ether, 2.5 ether, 0);
        expectRefusal(NotInTree.selector, uint256(Trees.hash(fake)), 2.5 ether);
        claim(1, fake, "");
    }

    function test_an_account_that_refuses_coins_blocks_only_itself() public {
        Refuser refuser = new Refuser();
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (1 ether, 2 ether);
        Leaf[] memory list = leavesOf(amounts);
        list[0].account = address(refuser);
        Trees.Tree memory tree = postTree(list);
        vm.warp(START + 1 hours);
        expectRefusal(PayRefused.selector, uint160(address(refuser)), 1 ether);
        claim(0, list[0], tree.proof(0));
        assertTrue(!escrow.isClaimed(jobId, 0, 0), "a failed claim is no claim");
        claim(0, list[1], tree.proof(1));
        assertEq(payee(1).balance, 2 ether, "the other is paid");
        refuser.agree();
        claim(0, list[0], tree.proof(0));
        assertEq(address(refuser).balance, 1 ether, "and the first when it is willing");
    }

    function test_a_payee_that_claims_again_while_it_is_paid_is_paid_once() public {
        Reenterer reenterer = new Reenterer(escrow);
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (1 ether, 2 ether);
        Leaf[] memory list = leavesOf(amounts);
        list[0].account = address(reenterer);
        Trees.Tree memory tree = postTree(list);
        reenterer.arm(abi.encodeCall(IEscrow.claim, (ProvenLeaf(jobId, 0, list[0], tree.proof(0)))));
        vm.warp(START + 1 hours);
        claim(0, list[0], tree.proof(0));
        assertTrue(reenterer.isStopped(), "the second claim was refused");
        assertEq(address(reenterer).balance, 1 ether, "once");
    }

    function claim(uint256 number, Leaf memory leaf, bytes memory proof) private {
        escrow.claim(ProvenLeaf(jobId, number, leaf, proof));
    }

    function refuseClaim(Leaf memory leaf, bytes memory proof) private {
        (bool isDone, bytes memory reason) =
            address(escrow).call(abi.encodeCall(IEscrow.claim, (ProvenLeaf(jobId, 0, leaf, proof))));
        assertTrue(!isDone && bytes4(reason) == NotInTree.selector, "refused as not in the tree");
    }
}
